import type { ImportInfo, ImportKind, WorkspaceInfo } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import type { ImportAction, ImportKinds } from './import-api.ts';
import type { Obstacle, Step } from './steps.ts';

/** What every step of an import is given. */
export interface StepProps {
  info: ImportInfo;
  kinds: ImportKinds;
  /** The kind of row that is chosen. */
  kind: ImportKind | undefined;
  /** As it stands on the page, which may be ahead of the server by a moment. */
  mapping: RowMapping;
  workspace: WorkspaceInfo;
  change(mapping: RowMapping): void;
  /** Rejects with `RequestError`. */
  act(what: ImportAction): Promise<ImportInfo>;
  go(step: Step): void;
  /** What a press on Next has found missing in this step. */
  obstacles: readonly Obstacle[];
}
