import { omnichannelSample, sampleCustomers } from '../omnichannel/sample.ts';
import { webinarsSample } from '../webinars/sample.ts';
import type { SampleEntry } from './entry.ts';

/**
 * What the sources of the sample workspace received and read, in order of receipt: the stories of both packs, told by the same people
 * where they meet. The same bytes on every machine.
 */
export function* sampleEntries(): Iterable<SampleEntry> {
  const messages = omnichannelSample()[Symbol.iterator]();
  const pages = webinarsSample(sampleCustomers())[Symbol.iterator]();
  let [message, page] = [messages.next(), pages.next()];
  while (!message.done || !page.done) {
    if (page.done || (!message.done && message.value.receivedAt <= page.value.receivedAt)) {
      if (!message.done) yield message.value;
      message = messages.next();
    } else {
      yield page.value;
      page = pages.next();
    }
  }
}
