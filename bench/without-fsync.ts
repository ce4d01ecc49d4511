// Loaded ahead of the server by the bench alone, to show what durability costs: fdatasync does nothing.
import { nodeFileLayer } from '../src/journal/file-layer.ts';

const open = nodeFileLayer.open;
nodeFileLayer.open = async (path, mode) => ({ ...(await open(path, mode)), fdatasync: async () => {} });
