import { Link } from '@tanstack/react-router';

const SECTIONS = [
  { to: '/sources', label: 'Sources' },
  { to: '/ledger', label: 'Ledger' },
  { to: '/quarantine', label: 'Quarantine' },
  { to: '/identity', label: 'People matching' },
  { to: '/source-groups', label: 'Source groups' },
  { to: '/rollups', label: 'Roll-ups and storage' },
] as const;

/** The pages that say where numbers come from, side by side. */
export function SectionNav() {
  return (
    <nav className="section-nav" aria-label="Sources and what they brought">
      {SECTIONS.map(({ to, label }) => (
        <Link key={to} to={to} search={{ text: '' }} activeOptions={{ exact: true, includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
