// What the player says in words: the numbers of the day, the tables behind the pictures, the key.

// The numbers of a day as a table: an outcome a row, a run a column.
Onward.numbersOf = function (panels, runs, day, words) {
  const rows = panels.flatMap(panel => panel.values(day).map(([name, values]) => [`${name} [${panel.about.unit}]`,
    ...values.map(Onward.whole)]));
  return Onward.table(words.numbers, [words.outcome, ...runs.map(run => run.short)], rows);
};

// People by place and status on a day, those places with most first.
Onward.placesOf = function (data, runs, day, words) {
  const rows = [];
  data.places.forEach((place, i) => runs.forEach(run => {
    const people = run.people(i, day), total = people.reduce((sum, one) => sum + one[1], 0);
    const told = people.filter(one => one[1] > 0).map(([status, count]) =>
      `${data.statuses[status].label}: ${Onward.whole(count)}`);
    if (total > 0) rows.push([total, place.name, run.short, Onward.whole(total), told.join('; ')]);
  }));
  rows.sort((a, b) => b[0] - a[0] || a[1].localeCompare(b[1]));
  const head = [words.place, words.run, words.people, words.status];
  return Onward.table(words.byPlace, head, rows.map(row => row.slice(1)));
};

// The ways and the crossings of a day in words.
Onward.waysOf = function (data, runs, day, words) {
  const rows = [];
  runs.forEach(run => data.frames.forEach((frame, i) => run.ways(i, day).ways.forEach(([from, to, people]) =>
    rows.push([data.places[from].name, data.places[to].name, run.short, Onward.whole(people)]))));
  return Onward.table(words.ways, [words.from, words.to, words.run, words.people], rows);
};

Onward.crossingsOf = function (data, runs, day, words) {
  const rows = runs[0].crossings.map(([place], i) => [data.places[place].name,
    ...runs.map(run => data.marks.states[Onward.onDay(run.crossings[i][1], day)])]);
  return Onward.table(words.crossings, [words.place, ...runs.map(run => run.short)], rows);
};

Onward.table = function (caption, head, rows) {
  const make = Onward.element;
  const heads = head.map(text => make('th', {scope: 'col'}, text));
  const body = rows.map(([first, ...rest]) => make('tr', {}, make('th', {scope: 'row'}, first),
    ...rest.map(text => make('td', {}, text))));
  const table = make('table', {}, make('caption', {}, caption), make('thead', {}, make('tr', {}, ...heads)),
    make('tbody', {}, ...body));
  return make('div', {class: 'op-scroll', tabindex: '0', role: 'region', 'aria-label': caption}, table);
};

// One sentence about a day for those who listen.
Onward.sentence = function (data, panels, runs, day, words) {
  const told = panels.slice(0, 4).flatMap(panel => panel.values(day).slice(0, 1)).map(([name, values]) =>
    `${name.split(':')[0]}: ${values.map((value, i) => runs.length > 1 ?
      `${Onward.whole(value)} (${runs[i].short})` : Onward.whole(value)).join(', ')}`);
  return `${Onward.told(data, day)}, ${words.day} ${day}. ${told.join('. ')}.`;
};

Onward.key = function (data, runs, words) {
  const make = Onward.element, items = [];
  const used = new Set(runs.flatMap(run => run.stocks.flat().map(one => one[0])));
  data.statuses.forEach((status, i) => {
    if (used.has(i)) items.push(make('li', {}, dot(status.colour), status.label));
  });
  data.kinds.forEach((kind, i) => {
    if (data.places.some(place => place.kind === i)) items.push(make('li', {}, arc(kind.colour), kind.label));
  });
  const states = new Set(runs.flatMap(run => run.crossings.flatMap(one => one[1].filter((_, i) => i % 2))));
  data.marks.states.forEach((label, i) => {
    if (states.has(i)) items.push(make('li', {}, sign(['diamond', 'up', 'down'][i], STATES[i]), label));
  });
  const marks = new Set(data.held.flatMap(one => one[1].filter((_, i) => i % 2)));
  data.marks.held.forEach((label, i) => {
    if (marks.has(i + 1)) items.push(make('li', {}, sign('cross', MARKS[i]), label));
  });
  if (data.frames.some(frame => frame.front.length)) items.push(make('li', {}, stroke('op-front'), words.front));
  const zones = new Set(runs.flatMap(run => run.zones.flat().map(zone => zone.label)));
  for (const zone of zones) items.push(make('li', {}, stroke('op-zone'), zone));
  return make('ul', {class: 'op-key', 'aria-label': words.key}, ...items);
};

function icon(...shapes) {
  const picture = svg('svg', {viewBox: '-7 -7 14 14', class: 'op-icon', 'aria-hidden': 'true'});
  picture.append(...shapes);
  return picture;
}
const path = d => icon(svg('path', {d, fill: 'currentColor'}));
Onward.ICONS = {
  play: () => path('M-5 -6L6 0L-5 6z'),
  pause: () => path('M-5 -6h4v12h-4zM1 -6h4v12h-4z'),
  back: () => path('M3 -6L-5 0L3 6z'),
  on: () => path('M-3 -6L5 0L-3 6z'),
  first: () => path('M-6 -6h2.4v12h-2.4zM6 -6L-3 0L6 6z'),
  last: () => path('M3.6 -6h2.4v12h-2.4zM-6 -6L3 0L-6 6z'),
};
const dot = colour => icon(svg('circle', {r: 5.5, fill: colour, stroke: 'currentColor', 'stroke-width': 0.7}));
const arc = colour => icon(svg('path', {d: 'M-7 -4L7 -0.4L7 0.4L-7 4z', fill: colour}));
const stroke = name => icon(svg('path', {d: 'M-7 0L7 0', class: name}));
function sign(shape, colour) {
  const size = shape === 'diamond' ? 4 : 6, points = Onward.SHAPES[shape].map(([x, y]) => `${x * size},${y * size}`);
  return icon(svg('polygon', {points: points.join(' '), fill: colour, stroke: 'currentColor', 'stroke-width': 0.7}));
}

Onward.WORDS = {
  player: 'Map player', play: 'Play', pause: 'Pause', back: 'One day back', on: 'One day on', first: 'To the first day',
  last: 'To the last day', day: 'day', date: 'Day', speed: 'Speed', perSecond: 'days/s', numbers: 'Numbers of the day',
  outcome: 'Outcome', byPlace: 'People by place and status on the day', place: 'Place', run: 'Run', people: 'People',
  status: 'By status', ways: 'The largest ways of the day, by frame', from: 'From', to: 'To', key: 'Key',
  crossings: 'Crossings on the day', front: 'front line of the facts (drawn halfway between places)',
  tables: 'The day in tables', keys: 'Keys: space plays and pauses, left and right a day, Page Up and Page Down a week, ' +
    'Home and End the first and last day.', circle: 'Largest circle', arcs: 'arcs of full width from',
  share: (drawn, all) => `${drawn} of ${all} departures drawn`, published: 'Circles in the small pictures: published ' +
    'counts; filled, used to fit; open, never fitted to; grey, used for neither.',
  mean: n => n > 1 ? `Mean of ${n} seeds; bands are their range.` : 'One seed.',
};
