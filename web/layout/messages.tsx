import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

/** Toasts for the results of one's own actions, and one polite live region for what changed on the page. */

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run(): void };
}

const TOAST_MS = 8_000;

let toasts: readonly Toast[] = [];
let announcement = '';
let nextId = 1;
const listeners = new Set<() => void>();

function publish(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function showToast(text: string, action?: Toast['action']): void {
  toasts = [...toasts.filter((toast) => toast.text !== text), { id: nextId++, text, ...(action ? { action } : {}) }];
  publish();
}

function dismiss(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
  publish();
}

/** Spoken once by screen readers, not shown. */
export function announce(text: string): void {
  announcement = text;
  publish();
}

export function LiveRegion() {
  const text = useSyncExternalStore(subscribe, () => announcement);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <section className="toasts" aria-label="Messages">
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

/** Stays while it is focused or pointed at. */
function ToastCard({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (held) return;
    const timer = window.setTimeout(() => dismiss(toast.id), TOAST_MS);
    return () => window.clearTimeout(timer);
  }, [held, toast.id]);
  return (
    <div
      ref={card}
      className="toast"
      role="status"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          className="button-text"
          onClick={() => {
            toast.action?.run();
            dismiss(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" className="button-icon" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
        ×
      </button>
    </div>
  );
}
