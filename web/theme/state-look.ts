/** How a state is shown: its word, and the tone of the dot beside it (`.dot` in base.css). */
export interface StateLook {
  tone: 'good' | 'warn' | 'bad' | 'muted';
  word: string;
}
