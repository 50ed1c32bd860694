(function () {
  const about = JSON.parse(document.getElementById('explore-data').textContent), {levers, values} = about;
  const keys = ['a', 'b'];
  const boxes = keys.map(key => levers.map((_, i) => document.getElementById(key + i)));
  const number = chosen => chosen.reduce((sum, position, i) => sum * levers[i].positions.length + position, 0);
  const state = {a: levers.map(() => 0), b: levers.map((_, i) => i ? 0 : levers[0].positions.length - 1), day: 0};

  // A link holds the positions of both set-ups and the day: #a=0.1.0&b=2.0.0&day=95; what it does not hold stays.
  function read() {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const key of keys) {
      const chosen = (said.get(key) || '').split('.').map(Number);
      const fits = chosen.length === levers.length && chosen.every((position, i) => Number.isInteger(position) &&
        position >= 0 && position < levers[i].positions.length);
      if (said.has(key) && fits) state[key] = chosen;
    }
    const day = Number(said.get('day') || NaN);
    if (Number.isInteger(day) && day >= 0 && day < about.player.n_days) state.day = day;
  }

  const hash = () => `#a=${state.a.join('.')}&b=${state.b.join('.')}&day=${state.day}`;
  function link() { document.getElementById('link').setAttribute('href', hash()); }

  function label(key) {
    const told = levers.map((lever, i) => `${lever.asks}: ${lever.positions[state[key][i]]}`);
    const other = key === 'a' ? 'b' : 'a', differing = told.filter((_, i) => state[key][i] !== state[other][i]);
    return `${key.toUpperCase()}: ${(differing.length ? differing : ['the same as the other']).join('; ')}`;
  }

  function chosen() {
    const runs = keys.map(key =>
      ({...about.player.runs[number(state[key])], label: label(key), short: key.toUpperCase()}));
    return {...about.player, runs};
  }

  function percent(share) {
    const size = 100 * Math.abs(share);
    if (!(size < 1000)) return '';
    const told = size < 0.05 ? '<0.1' : size < 9.95 ? size.toFixed(1) : size.toFixed(0);
    return ` (${share > 0 ? '+' : '−'}${told} %)`;
  }

  function tellDifferences() {
    const [a, b] = keys.map(key => values[number(state[key])]), rows = [];
    about.outcomes.forEach(([name, how], i) => {
      const more = b[i] - a[i], sign = more > 0 ? '+' : '−';
      const told = more ? `${sign}${OnwardPlayer.whole(Math.abs(more))}${percent(more / a[i])}` : 'same';
      rows.push([`${name}, ${how}`, OnwardPlayer.whole(a[i]), OnwardPlayer.whole(b[i]), told]);
    });
    const table = OnwardPlayer.table('Each outcome under both set-ups', ['Outcome', 'A', 'B', 'B less A'], rows);
    document.getElementById('differences').replaceChildren(table);
  }

  function show() {
    boxes.forEach((selects, k) => selects.forEach((select, i) => { select.value = state[keys[k]][i]; }));
    player.setData(chosen());
    tellDifferences();
    link();
  }

  function change() {
    boxes.forEach((selects, k) => { state[keys[k]] = selects.map(select => +select.value); });
    show();
    history.replaceState(null, '', hash());
  }

  read();
  const player = OnwardPlayer.mount(document.getElementById('player'), chosen());
  player.onDay(day => { state.day = day; link(); });
  player.setDay(state.day);
  boxes.flat().forEach(select => select.addEventListener('change', change));
  document.getElementById('swap').addEventListener('click', () => {
    [state.a, state.b] = [state.b, state.a];
    show();
    history.replaceState(null, '', hash());
  });
  globalThis.addEventListener('hashchange', () => { read(); show(); player.setDay(state.day); });
  show();
})();
