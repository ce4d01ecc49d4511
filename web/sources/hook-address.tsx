import { showToast } from '../layout/messages.tsx';

/** Where a service has to send to, with a button that copies the whole address. */
export function HookAddress({ path, label, whole = false }: { path: string; label: string; whole?: boolean }) {
  const address = new URL(path, window.location.origin).href;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      showToast('Address copied.');
    } catch {
      showToast('The browser did not allow copying. Select the address and copy it yourself.');
    }
  };
  return (
    <span className="hook">
      <code>{whole ? address : path}</code>
      <button
        type="button"
        className="button-text"
        aria-label={`Copy the address of ${label}`}
        onClick={() => void copy()}
      >
        Copy
      </button>
    </span>
  );
}
