// Builds the web when its sources changed since the last build.
import { ensureWeb, findNode } from './ensure.mjs';

ensureWeb(findNode());
