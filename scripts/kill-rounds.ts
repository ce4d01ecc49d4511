// 200 rounds of kill -9 under load: node scripts/kill-rounds.ts [rounds] [seed]
import { runKillRounds } from '../test/support/kill-rounds.ts';

const rounds = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);
const report = await runKillRounds({ rounds, seed, log: console.log });
const at = (share: number) => Math.round(report.restarts[Math.floor((report.restarts.length - 1) * share)] ?? 0);
console.log(
  `${report.rounds} rounds, ${report.acknowledged} acknowledged and each counted exactly once; restart median ${at(0.5)} ms, slowest ${at(1)} ms`,
);
