export async function rebuild(): Promise<number> {
  return 1;
}
