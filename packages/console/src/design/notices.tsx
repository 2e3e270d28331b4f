import { Toast } from "@base-ui/react/toast";
import { texts } from "../texts/texts.ts";
import "./notices.css";

export type NoticeKind = "good" | "bad" | "plain";

const manager = Toast.createToastManager<{ readonly kind: NoticeKind }>();

const MARKS: Readonly<Record<NoticeKind, string>> = { good: "✓", bad: "!", plain: "i" };

/** Tells something that happened, above the page, for a while; read out by screen readers. */
export function notify(kind: NoticeKind, title: string, description?: string): void {
  manager.add({
    title,
    description,
    data: { kind },
    timeout: kind === "bad" ? 12_000 : 5_000,
    priority: kind === "bad" ? "high" : "low",
  });
}

export function Notices() {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className="notices">
          <NoticeList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function NoticeList() {
  const { toasts } = Toast.useToastManager<{ readonly kind: NoticeKind }>();
  return toasts.map((toast) => {
    const kind = toast.data?.kind ?? "plain";
    return (
      <Toast.Root key={toast.id} toast={toast} className="notice" data-kind={kind}>
        <span className="notice-mark" aria-hidden="true">
          {MARKS[kind]}
        </span>
        <Toast.Content className="notice-text">
          <Toast.Title className="notice-title" />
          <Toast.Description className="notice-more" />
        </Toast.Content>
        <Toast.Close className="button quiet small" aria-label={texts.close}>
          ×
        </Toast.Close>
      </Toast.Root>
    );
  });
}
