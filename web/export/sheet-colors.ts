/** The sequential scale of the light theme (theme/tokens.css; a test compares): files and print are always light. */
export const SHEET_COLORS = [
  { fill: 'F0F5FB', ink: '16181D' },
  { fill: 'CBDEF3', ink: '16181D' },
  { fill: 'A4C5E9', ink: '16181D' },
  { fill: '79A8DA', ink: '16181D' },
  { fill: '4F87C4', ink: '16181D' },
  { fill: '2F67A6', ink: 'FFFFFF' },
  { fill: '174A82', ink: 'FFFFFF' },
] as const;
