import { startVenueProcess as startVenue } from "../test/venue-process.ts";

export type VenueProcess = {
  readonly edgePort: number;
  /** HTTP port of the first region's node. */
  readonly nodePort: number;
  readonly apiKey: string;
  readonly secret: string;
  stop(): Promise<void>;
};

const limits = [
  "requestWeightPerMinute",
  "requestsPer5Minutes",
  "ordersPer10Seconds",
  "ordersPerDay",
];

/** The venue with its limits out of the way, and a trader with plenty of both assets of the first market. */
export async function startVenueProcess(): Promise<VenueProcess> {
  const venue = await startVenue(
    Object.fromEntries(limits.map((name) => [`limits.${name}`, 1_000_000_000])),
  );
  const { edgePort, nodePort, stop } = venue;
  try {
    const funds = { BTC: "1000000", USDT: "1000000" };
    const { apiKey, secret } = await venue.makeTrader("bench", funds);
    return { edgePort, nodePort, apiKey, secret, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
