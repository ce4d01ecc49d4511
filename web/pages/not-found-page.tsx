import { Link } from '@tanstack/react-router';

export function NotFoundPage() {
  return (
    <div className="page-message">
      <h1>There is nothing at this address</h1>
      <p>The link may be old, or a letter is missing.</p>
      <Link to="/">Go to the first dashboard</Link>
    </div>
  );
}
