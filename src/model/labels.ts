/** `new_registered_users` → `New registered users`: the label of a thing that declares none. */
export function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
