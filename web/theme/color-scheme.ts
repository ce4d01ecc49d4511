import { useEffect, useState } from 'react';
import { useMediaQuery } from '../layout/use-media-query.ts';

export type ColorScheme = 'auto' | 'light' | 'dark';

/** Read before the first paint by index.html, too. */
const KEY = 'turnout-theme';

function readChoice(): ColorScheme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

/** The reader's choice, and a function to change it; the document follows. */
export function useColorScheme(): [ColorScheme, (choice: ColorScheme) => void] {
  const [choice, setChoice] = useState(readChoice);
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)');
  useEffect(() => {
    document.documentElement.dataset['theme'] = choice === 'auto' ? (systemIsDark ? 'dark' : 'light') : choice;
  }, [choice, systemIsDark]);
  return [
    choice,
    (next) => {
      setChoice(next);
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Kept for this visit only.
      }
    },
  ];
}
