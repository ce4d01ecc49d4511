// Makes the store that the benchmarks run on, or finds it: node bench/make-store.ts --size 20m --keep FOLDER
import { parseArgs } from 'node:util';
import { makeStore } from './store/open-store.ts';
import { parseSize } from './store/size.ts';

const { values } = parseArgs({ options: { size: { type: 'string', default: '1m' }, keep: { type: 'string' } } });
if (values.keep === undefined) {
  console.error('Say where it is kept: --keep FOLDER');
  process.exit(2);
}
const { calendar, data, workspace, generatedIn } = await makeStore(values.keep, parseSize(values.size));
console.log(generatedIn === null ? 'It is there.' : `Made in ${generatedIn.toFixed(1)} s.`);
console.log(`TURNOUT_DATA=${data}\nTURNOUT_WORKSPACE=${workspace}\n${calendar.first} to ${calendar.last}`);
