import type { AdminApi } from "./admin-api.ts";

/**
 * The admin API, loaded apart from the rest of the gateway: to make its schemas takes a good part of
 * a node's start, and whoever trades need not wait for that.
 */
export async function loadAdminApi(): Promise<typeof AdminApi> {
  const module = await import("./admin-api.ts");
  return module.AdminApi;
}
