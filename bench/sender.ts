import { Lanes } from './lanes.ts';
import { percentile, sortedNumbers } from './measure.ts';
import { type Keys, readPrivateKey, sendgridMessage, whatsappMessage } from './payloads.ts';

/** What the bench asks this process to send. */
export interface Job {
  url: string;
  kind: 'whatsapp' | 'sendgrid';
  keys: Keys;
  /** Distinguishes the events of this job from all others. */
  prefix: string;
  /** Requests per second, whatever the server does: an open loop. */
  rate: number;
  seconds: number;
  eventsPerRequest: number;
}

/** Milliseconds are counted from the moment a request was due, so a slow server cannot hide behind a slow sender. */
export interface Sent {
  rate: number;
  requests: number;
  accepted: number;
  acceptedPerSecond: number;
  p50: number;
  p99: number;
  slowest: number;
  /** By status or error code. */
  errors: Record<string, number>;
  /** How late this process itself was, p99. */
  senderLag: number;
}

const CONNECTIONS = 256;

async function runJob(job: Job): Promise<Sent> {
  const lanes = new Lanes(job.url, CONNECTIONS);
  const key = readPrivateKey(job.keys);
  const latencies: number[] = [];
  const lags: number[] = [];
  const errors: Record<string, number> = {};
  const total = Math.round(job.rate * job.seconds);
  const done: Promise<void>[] = [];
  const started = performance.now() + 50;

  const sendOne = async (index: number): Promise<void> => {
    const due = started + (index / job.rate) * 1000;
    lags.push(performance.now() - due);
    const first = index * job.eventsPerRequest;
    const message =
      job.kind === 'whatsapp'
        ? whatsappMessage(job.prefix, first, job.eventsPerRequest)
        : sendgridMessage(job.prefix, first, job.eventsPerRequest, key);
    const outcome = await lanes.post(message);
    if (outcome === 200) latencies.push(performance.now() - due);
    else errors[outcome] = (errors[outcome] ?? 0) + 1;
  };

  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * job.rate) + 1);
    for (; sent < due; sent++) done.push(sendOne(sent));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(done);
  const elapsed = (performance.now() - started) / 1000;
  lanes.close();
  const sorted = sortedNumbers(latencies);
  return {
    rate: job.rate,
    requests: total,
    accepted: sorted.length,
    acceptedPerSecond: sorted.length / elapsed,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    slowest: sorted.at(-1) ?? Number.NaN,
    errors,
    senderLag: percentile(sortedNumbers(lags), 0.99),
  };
}

process.on('message', (job: Job) => {
  runJob(job).then(
    (sent) => process.send?.(sent),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
