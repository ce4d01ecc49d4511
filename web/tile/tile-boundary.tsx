import { Component, type ReactNode } from 'react';
import { TileFailure } from './tile-states.tsx';

interface TileBoundaryProps {
  title: string;
  /** A new value lets the tile try again. */
  resetOn: unknown;
  children: ReactNode;
}

/** A tile that cannot be drawn says so in its own place; the rest of the page stands. */
export class TileBoundary extends Component<TileBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override componentDidUpdate(before: TileBoundaryProps): void {
    if (this.state.error && before.resetOn !== this.props.resetOn) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section className="tile" aria-label={this.props.title}>
        <TileFailure title={this.props.title} error={{ code: 'internal', message: error.message, problems: [] }} />
      </section>
    );
  }
}
