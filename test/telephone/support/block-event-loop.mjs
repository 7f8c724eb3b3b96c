// Loaded into the controller: SIGUSR2 blocks its event loop for ever.

process.on('SIGUSR2', () => {
  for (;;);
});
