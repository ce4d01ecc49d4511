import { Random } from '../../sample/random.ts';
import { holdWebinars, type StoryWebinar } from './attendance.ts';
import { Audience, type Customer } from './audience.ts';
import { spoilRegistrations } from './mishaps.ts';
import { signUp } from './sign-up.ts';
import { planWebinars } from './webinar-calendar.ts';

/** All webinars of the story with everybody who signed up or came, before any service has told of them. The same for the same customers. */
export function tellStory(customers: readonly Customer[]): StoryWebinar[] {
  const random = new Random(1116);
  const audience = new Audience(new Random(2100), customers);
  const webinars = planWebinars().map((plan) => ({ plan, guests: signUp(random, audience, plan) }));
  for (const { guests } of webinars) spoilRegistrations(random, guests);
  holdWebinars(random, audience, webinars);
  return webinars;
}
