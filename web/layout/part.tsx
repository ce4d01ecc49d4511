import { type ComponentType, type FunctionComponent, use } from 'react';

/** A component whose code comes in a chunk of its own. */
export type Part<Props> = FunctionComponent<Props> & {
  /** Fetches the code ahead: once it is there, the component is drawn at once and never suspends. */
  preload(): Promise<unknown>;
};

/** Like React's `lazy`, which suspends once even where its code has long been there. What failed to load is tried again. */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): Part<Props> {
  let loading: Promise<ComponentType<Props>> | undefined;
  const preload = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (component) => {
        // What `use` looks for: without it, it waits for a turn of its own.
        if (loading) Object.assign(loading, { status: 'fulfilled', value: component });
        return component;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once per chunk, outside of rendering, as `lazy` is
  function LoadedPart(props: Props) {
    const Component = use(preload());
    return <Component {...props} />;
  }
  return Object.assign(LoadedPart, { preload });
}
