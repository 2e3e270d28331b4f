/** What `GET /` answers to programs; a browser gets the page where there is one. */
export const LANDING: string = JSON.stringify({
  name: "Halcyon",
  docs: "https://developers.binance.com/docs/binance-spot-api-docs/rest-api",
  api: "/api/v3",
  streams: "/stream",
  websocketApi: "/ws-api/v3",
  admin: "/admin/v1",
});
