/** UTC milliseconds. Handed to whatever needs the time; nothing else reads the wall clock. */
export type Clock = () => number;

export const wallClock: Clock = () => Date.now();

/** A clock that stands at one instant: sample workspaces and tests. */
export const fixedClock = (instant: string): Clock => {
  const value = Date.parse(instant);
  return () => value;
};
