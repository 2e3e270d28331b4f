/**
 * The environment for a process of the venue, from its parent's: glibc asks the kernel
 * for huge pages (madvise) behind large memory. What commands touch lies all over more than a
 * gigabyte; with small pages the processor spends as long on finding a page as on reading it. Over a
 * hundred markets and a million accounts that is two thirds more commands a second
 * (`npm run bench -- core`), and a snapshot is restored a quarter sooner; a small process takes 2 to 4 % more memory. Where glibc or the kernel
 * knows no huge pages nothing happens; a setting of the operator's own stays.
 * Source: the GNU C Library's manual, "Memory Allocation Tunables", glibc.malloc.hugetlb.
 */
export function withHugePages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1", ...environment };
}
