/** Failures in a row that `drain` takes: one of a batch and three of an entry in it are usual. */
const MAX_FAILURES = 10;

/** Projects everything up to `through`, trying again what fails. */
export async function drain<Outcome>(
  projector: { runBatch(through: number): Promise<Outcome | undefined> },
  through: number,
  onBatch: (outcome: Outcome) => void = () => {},
): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const outcome = await projector.runBatch(through);
      if (outcome === undefined) return;
      failures = 0;
      onBatch(outcome);
    } catch (error) {
      failures += 1;
      if (failures >= MAX_FAILURES) throw error;
    }
  }
}
