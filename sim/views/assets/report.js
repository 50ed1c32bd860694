(function () {
  const about = JSON.parse(document.getElementById('player-data').textContent), data = about.player;
  const choice = document.getElementById('beside');
  const chosen = () => ({...data, runs: [data.runs[0], ...(+choice?.value ? [data.runs[+choice.value]] : [])]});
  const player = OnwardPlayer.mount(document.getElementById('player'), chosen());
  player.setDay(about.day);
  choice?.addEventListener('change', () => player.setData(chosen()));
})();
