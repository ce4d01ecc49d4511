import type { Random } from '../../sample/random.ts';

/** Somebody who signs up for webinars; the same person comes again under the same addresses. */
export interface Learner {
  number: number;
  email: string;
  /** E.164, where they gave one. */
  phone?: string;
}

/** A user of the platform who is known there by this address. */
export interface Customer {
  email: string;
  /** UTC milliseconds. */
  registeredAt: number;
}

/** Area codes whose 555-01xx numbers are fictional by definition, a hundred numbers each; none is used elsewhere in the sample. */
const AREAS = (
  '701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740 754 757 760 763 765 770 772 773 ' +
  '774 775 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832 843 845 847 848 850 856 ' +
  '857 858 859 860 862 863 864 865 870 901 903 904 906 907 908 909 910 912 913 914 915 916 917 918 919 920 925 928 931 936'
).split(' ');
const DOMAINS = ['students.example.com', 'learners.example.org', 'class.example.net'] as const;

/** Everybody who ever signs up, in order of their first time. */
export class Audience {
  readonly #random: Random;
  readonly #learners: Learner[] = [];
  readonly #customers: readonly Customer[];
  #phones = 0;

  constructor(random: Random, customers: readonly Customer[]) {
    this.#random = random;
    this.#customers = customers;
  }

  /** Somebody for a webinar at this time: new, or one of those who were here before, or a user of the platform. */
  draw(at: number): Learner {
    const random = this.#random;
    if (random.chance(0.03)) {
      const number = random.whole(0, this.#customers.length - 1);
      const customer = this.#customers[number];
      if (customer !== undefined && customer.registeredAt < at) return { number: -1 - number, email: customer.email };
    }
    if (this.#learners.length < 200 || random.chance(0.46)) return this.#newLearner();
    return random.pick(this.#learners);
  }

  #newLearner(): Learner {
    const number = this.#learners.length + 1;
    const learner: Learner = {
      number,
      email: `learner${String(number).padStart(5, '0')}@${DOMAINS[number % DOMAINS.length]}`,
    };
    if (this.#phones < AREAS.length * 100 && this.#random.chance(0.34)) learner.phone = phoneOf(this.#phones++);
    this.#learners.push(learner);
    return learner;
  }
}

function phoneOf(index: number): string {
  return `+1${AREAS[Math.floor(index / 100)]}55501${String(index % 100).padStart(2, '0')}`;
}
