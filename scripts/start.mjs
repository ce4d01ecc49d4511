// `npm start`: everything that a fresh clone needs, then the server.
process.argv.splice(2, 0, 'serve');
await import('./turnout.mjs');
