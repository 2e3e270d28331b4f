import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/inter/wght.css";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import { router } from "./routes.tsx";
import { applyTheme } from "./settings/settings.ts";
import { VenueError } from "./venue/http.ts";
import { beginSession } from "./venue/session.ts";
import { syncClock } from "./venue/sync-clock.ts";

applyTheme();
beginSession();
// Only keys of requests need it: what is off by then is refused with a reason.
syncClock().catch(() => undefined);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the venue refused it would refuse again; what it could not answer it may answer now.
      retry: (failures, error) =>
        failures < 5 && error instanceof VenueError && error.isOutcomeUnknown,
    },
  },
});

createRoot(document.getElementById("page")!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
