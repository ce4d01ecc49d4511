import type { TestProject } from 'vitest/node';
import { startServerProcess, temporaryFolder } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The sample workspace, started once for all browser tests. */
    sample: { url: string; data: string; readyAfter: number };
  }
}

/** Global set-up of the server and browser tests: one server with the sample. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // With TURNOUT_TEST_DATA a sample that was made before is used again: quicker while writing tests.
  const data = process.env['TURNOUT_TEST_DATA'] ?? temporaryFolder('sample');
  const server = await startServerProcess({ data, sample: true });
  project.provide('sample', { url: server.url, data: server.data, readyAfter: server.readyAfter });
  return async () => {
    const code = await server.stop();
    if (code !== 0) throw new Error(`the sample server ended with ${code}:\n${server.log()}`);
  };
}
