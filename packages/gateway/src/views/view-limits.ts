/** How much the views remember. The totals bound a node's memory whatever the number of accounts. */
export type ViewLimits = {
  readonly ordersPerAccount: number;
  /** At least 1. Closed orders that an account keeps even while its open ones alone fill its share. */
  readonly closedOrdersMin: number;
  readonly ordersTotal: number;
  /** Closed ones; open ones are always kept. */
  readonly orderListsPerAccount: number;
  readonly orderListsTotal: number;
  readonly preventedMatchesPerAccount: number;
  readonly preventedMatchesTotal: number;
  readonly amendmentsPerAccount: number;
  readonly amendmentsTotal: number;
  readonly fillsPerAccount: number;
  readonly fillsTotal: number;
  readonly transfersPerAccount: number;
  readonly transfersTotal: number;
};

/** At most some 400 MB of orders, 160 MB of fills, 200 MB of transfers, 100 MB of lists, 40 MB of prevented matches and 30 MB of amendments. */
export const viewLimits: ViewLimits = {
  ordersPerAccount: 1_000,
  closedOrdersMin: 100,
  ordersTotal: 2_000_000,
  orderListsPerAccount: 500,
  orderListsTotal: 200_000,
  preventedMatchesPerAccount: 1_000,
  preventedMatchesTotal: 500_000,
  amendmentsPerAccount: 1_000,
  amendmentsTotal: 100_000,
  fillsPerAccount: 2_000,
  fillsTotal: 2_000_000,
  transfersPerAccount: 1_000,
  transfersTotal: 500_000,
};
