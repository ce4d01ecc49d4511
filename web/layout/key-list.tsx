import { Dialog } from './dialog.tsx';
import { KEY_LIST } from './keys.ts';
import { setPreference, usePreference } from './preferences.ts';

export function KeyList({ onClose }: { onClose(): void }) {
  const letters = usePreference('letters');
  const density = usePreference('density');
  return (
    <Dialog title="Keys and display" onClose={onClose}>
      <label className="check">
        <input
          type="checkbox"
          checked={letters === 'on'}
          onChange={(event) => setPreference('letters', event.currentTarget.checked ? 'on' : 'off')}
        />
        Single letters act on the page
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={density === 'compact'}
          onChange={(event) => setPreference('density', event.currentTarget.checked ? 'compact' : 'comfortable')}
        />
        Compact rows and gutters
      </label>
      <table className="key-table">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Does</th>
          </tr>
        </thead>
        <tbody>
          {KEY_LIST.map(({ keys, does }) => (
            <tr key={keys}>
              <td>
                {keys.split(', ').map((key, index) => (
                  <span key={key}>
                    {index > 0 && ', '}
                    <kbd>{key}</kbd>
                  </span>
                ))}
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
