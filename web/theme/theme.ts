import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent colour; tokens.css holds the same values for our own elements. */
const accent: MantineColorsTuple = [
  '#ececfb',
  '#d6d5f6',
  '#c2c1f8',
  '#b8b7fc',
  '#aeadff',
  '#7774de',
  '#3f3cbb',
  '#35329f',
  '#2b2984',
  '#201e66',
];

export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  defaultRadius: 8,
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  respectReducedMotion: true,
  cursorType: 'pointer',
});
