/** The outline of a dashboard before anything is known; shown only after a moment. */
export function PageSkeleton() {
  return (
    <div className="page-skeleton" aria-busy="true">
      <h1 className="visually-hidden">Loading</h1>
      <div className="skeleton-bar" />
      <div className="skeleton-tile" data-size="s" />
      <div className="skeleton-tile" data-size="m" />
      <div className="skeleton-tile" data-size="m" />
    </div>
  );
}
