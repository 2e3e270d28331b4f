import { after, before, test } from "node:test";
import { openLog } from "@halcyon/log";
import { contractSuite } from "../contract.ts";
import { EtcdCluster, etcdMissing } from "./cluster.ts";

const missing = etcdMissing();
if (missing === null) {
  let cluster: EtcdCluster;
  before(async () => {
    cluster = await EtcdCluster.start();
  });
  after(() => cluster.stop());
  contractSuite("etcd", async () => {
    const shared = cluster.newLog();
    return { open: () => openLog(shared), shared, remove: async () => {} };
  });
} else {
  test("the etcd log keeps the contract", { skip: missing }, () => {});
}
