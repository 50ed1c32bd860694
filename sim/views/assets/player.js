// The player: maps of one run or two side by side, time series, a slider through the days. No dependencies, no network.
//   const p = OnwardPlayer.mount(element, data, labels);
//   p.setDay(d); p.day(); p.play(); p.pause(); p.isPlaying(); p.setData(data); p.onDay(fn); p.destroy();

const SPEEDS = [2, 5, 10, 20], MOST_RUNS = 2, TELL_MS = 250, SAY_MS = 500, STILL_PER_SECOND = 1;
const COLOURS = ['sea', 'land', 'other', 'province', 'country', 'ink', 'halo', 'front', 'zone'];

class Player {
  constructor(root, data, labels) {
    this.root = root;
    this.words = {...Onward.WORDS, ...labels};
    this.listeners = [];
    this.now = 0;
    this.speed = 5;
    this.playing = false;
    this.still = globalThis.matchMedia('(prefers-reduced-motion: reduce)');
    this.dark = globalThis.matchMedia('(prefers-color-scheme: dark)');
    this.recolour = () => { this.readColours(); this.draw(true); };
    this.dark.addEventListener('change', this.recolour);
    this.watcher = new ResizeObserver(() => this.draw(true));
    this.build();
    this.setData(data);
    this.watcher.observe(root);
  }

  build() {
    const make = Onward.element, {words} = this;
    const button = (name, action) => {
      const made = make('button', {type: 'button', 'aria-label': words[name], title: words[name], 'data-op': name}, Onward.ICONS[name]());
      made.addEventListener('click', action);
      return made;
    };
    this.maps = make('div', {class: 'op-maps'});
    this.button = button('play', () => this.playing ? this.pause() : this.play());
    this.slider = make('input', {type: 'range', min: 0, step: 1, value: 0, 'aria-label': words.date, 'data-op': 'day'});
    this.slider.addEventListener('input', () => { this.pause(); this.setDay(+this.slider.value); });
    this.rate = make('select', {'aria-label': `${words.speed} [${words.perSecond}]`, 'data-op': 'speed'},
      ...SPEEDS.map(speed => make('option', {value: speed}, `${speed} ${words.perSecond}`)));
    this.rate.value = this.speed;
    this.rate.addEventListener('change', () => { this.speed = +this.rate.value; });
    this.date = make('output', {class: 'op-date', 'aria-live': 'off'});
    this.controls = make('div', {class: 'op-controls', role: 'group', 'aria-label': words.player},
      button('first', () => this.go(0)), button('back', () => this.go(this.day() - 1)), this.button,
      button('on', () => this.go(this.day() + 1)), button('last', () => this.go(this.last())),
      this.rate, this.date, this.slider);
    this.said = make('p', {class: 'op-said', 'aria-live': 'polite', role: 'status'});
    this.key = make('div', {});
    this.numbers = make('div', {class: 'op-numbers'});
    this.panels = make('div', {class: 'op-panels'});
    this.tables = make('details', {class: 'op-tables'}, make('summary', {}, words.tables));
    this.tables.addEventListener('toggle', () => this.tellTables());
    this.note = make('p', {class: 'op-note'});
    this.root.classList.add('onward-player');
    this.root.setAttribute('role', 'group');
    this.root.setAttribute('aria-label', words.player);
    const told = make('div', {class: 'op-told'}, this.numbers, this.key);
    this.root.replaceChildren(this.maps, this.controls, this.said, this.panels, told, this.tables, this.note);
    this.onKey = event => this.key_(event);
    this.root.addEventListener('keydown', this.onKey);
    this.readColours();
  }

  // Show other runs, on the same day if they have it.
  setData(data) {
    this.data = data;
    this.runs = data.runs.slice(0, MOST_RUNS).map(run => new Onward.Run(data, run));
    this.charts = data.panels.map((_, i) => new Onward.Panel(data, i, this.runs));
    this.windows = this.runs.map(run => data.frames.map((_, i) => new Onward.Map(data, i, run)));
    this.slider.max = data.n_days - 1;
    this.root.classList.toggle('op-two', this.runs.length > 1);
    this.maps.replaceChildren(...this.windows.map((maps, i) => this.column(maps, this.runs[i], i)));
    this.panels.replaceChildren(...this.charts.map(chart => chart.element));
    this.key.replaceChildren(Onward.key(data, this.runs, this.words));
    const seen = data.observed.some(panel => panel.length) ? this.words.published : '';
    this.note.textContent = [this.words.mean(data.n_seeds), seen, this.words.keys].filter(Boolean).join(' ');
    this.now = Math.min(this.now, this.last());
    this.draw(true);
    this.tell(true);
  }

  column(maps, run, number) {
    const make = Onward.element, {words} = this;
    const windows = maps.map(map => {
      map.caption = make('figcaption', {});
      map.canvas.setAttribute('aria-label', `${map.frame.title}, ${run.label}`);
      return make('figure', {class: 'op-window'}, map.canvas, map.caption);
    });
    const name = make('p', {class: `op-name op-run${number}`}, run.label);
    return make('section', {class: 'op-run', 'aria-label': run.label}, name, make('div', {class: 'op-windows'}, ...windows));
  }

  key_(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const name = event.target.tagName, type = event.key;
    if (['SELECT', 'TEXTAREA', 'SUMMARY', 'A'].includes(name) || (name === 'INPUT' && event.target !== this.slider)) return;
    if (type === ' ' && name === 'BUTTON') return;
    const day = this.day(), last = this.last();
    const to = {ArrowLeft: day - 1, ArrowDown: day - 1, ArrowRight: day + 1, ArrowUp: day + 1, PageDown: day - 7,
      PageUp: day + 7, Home: 0, End: last}[type];
    if (type === ' ') this.playing ? this.pause() : this.play();
    else if (to !== undefined && !event.target.closest('.op-scroll')) this.go(to);
    else return;
    event.preventDefault();
  }

  last() { return this.data.n_days - 1; }
  day() { return Math.floor(this.now + 1e-9); }
  isPlaying() { return this.playing; }
  onDay(listener) { this.listeners.push(listener); }

  go(day) {
    this.pause();
    this.setDay(day);
  }

  setDay(day) {
    this.move(Math.max(0, Math.min(this.last(), Number(day) || 0)));
    this.tell(!this.playing);
  }

  move(now) {
    const before = this.day();
    this.now = now;
    this.draw(false);
    if (this.day() !== before) for (const listener of this.listeners) listener(this.day());
  }

  play() {
    if (this.playing) return;
    if (this.now >= this.last()) this.move(0);
    this.playing = true;
    this.showPlaying();
    let before = performance.now(), told = before;
    const frame = time => {
      if (!this.playing) return;
      const step = Math.max(0, Math.min(time - before, 250)) / 1000; // a frame's time may lie before the click's
      if (!this.still.matches) {
        this.move(Math.min(this.last(), this.now + step * this.speed));
        before = time;
      } else if (time - before > 1000 / STILL_PER_SECOND) {
        this.move(Math.min(this.last(), this.day() + Math.min(7, this.speed)));
        before = time;
      }
      if (time - told > TELL_MS) {
        told = time;
        this.tell(false);
      }
      if (this.now >= this.last()) this.pause();
      else this.request = requestAnimationFrame(frame);
    };
    this.request = requestAnimationFrame(frame);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.now = this.day();
    this.showPlaying();
    this.draw(false);
    this.tell(true);
  }

  showPlaying() {
    const name = this.playing ? 'pause' : 'play';
    this.button.replaceChildren(Onward.ICONS[name]());
    this.button.setAttribute('aria-label', this.words[name]);
    this.button.title = this.words[name];
  }

  readColours() {
    const style = getComputedStyle(this.root);
    this.colours = Object.fromEntries(COLOURS.map(name => [name, style.getPropertyValue(`--op-${name}`).trim()]));
  }

  draw(everything) {
    for (const map of this.windows?.flat() || []) {
      if (everything || !map.size) map.fit(this.colours);
      map.draw(this.now);
    }
    for (const chart of this.charts || []) chart.draw(this.now);
    if (!this.data) return;
    const date = Onward.told(this.data, this.day());
    if (this.date.textContent === date) return;
    this.date.textContent = date;
    this.slider.value = this.day();
    this.slider.setAttribute('aria-valuetext', date);
  }

  // Put the day into words: below the maps at once, aloud only when it stands still for a moment.
  tell(aloud) {
    const day = this.day();
    this.numbers.replaceChildren(Onward.numbersOf(this.charts, this.runs, day, this.words));
    for (const map of this.windows.flat()) this.tellWindow(map, day);
    if (!aloud) return;
    this.tellTables();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      this.said.textContent = Onward.sentence(this.data, this.charts, this.runs, day, this.words);
    }, SAY_MS);
  }

  tellWindow(map, day) {
    const {all, ways} = map.run.ways(map.index, day), {words} = this;
    const drawn = ways.reduce((sum, way) => sum + way[2], 0);
    const sizes = `${words.circle}: ${Onward.whole(map.frame.largest)}, ${words.arcs}: ${Onward.whole(map.frame.widest)} people`;
    const share = words.share(Onward.whole(drawn), Onward.whole(all));
    map.caption.textContent = `${map.frame.title}. ${sizes}; ${share}.`;
  }

  tellTables() {
    if (!this.tables.open) return;
    const day = this.day(), {data, runs, words} = this;
    const made = [Onward.placesOf, Onward.waysOf, Onward.crossingsOf].map(make => make(data, runs, day, words));
    this.tables.replaceChildren(this.tables.firstChild, ...made);
  }

  destroy() {
    this.pause();
    clearTimeout(this.saying);
    this.watcher.disconnect();
    this.dark.removeEventListener('change', this.recolour);
    this.root.removeEventListener('keydown', this.onKey);
    this.root.replaceChildren();
    this.root.classList.remove('onward-player', 'op-two');
  }
}

root.OnwardPlayer = {
  mount: (element, data, labels) => new Player(element, data, labels || {}),
  table: Onward.table,
  whole: Onward.whole,
};
