// One window of the map of one run on a canvas. Land is drawn once for a size and a colour scheme, the rest each time.

const LARGEST = 0.062, SMALLEST_PX = 1.2, WIDEST = 0.045, THIN_END = 0.1, BEND = 0.16, NAME_PX = 11;
const MARKS = ['#9A9A9A', '#FFFFFF', '#222222'];
const STATES = ['#FFFFFF', '#009E73', '#D55E00'];

Onward.Map = class {
  constructor(data, index, run) {
    this.data = data;
    this.frame = data.frames[index];
    this.index = index;
    this.run = run;
    this.canvas = Onward.element('canvas', {role: 'img', class: 'op-map'});
    this.land = document.createElement('canvas');
    this.size = 0;
  }

  // Fit the canvas to the width it has on the page; tell whether anything has to be drawn anew.
  fit(colours) {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2), width = this.canvas.clientWidth;
    if (!width || (width === this.size && colours === this.colours)) return false;
    this.size = width;
    this.colours = colours;
    this.scale = width * ratio / this.frame.width;
    for (const canvas of [this.canvas, this.land]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(this.frame.height * this.scale);
    }
    this.pixel = ratio;
    this.standard = Math.min(this.frame.width, 1.2 * this.frame.height);
    this.drawLand();
    return true;
  }

  drawLand() {
    const to = this.land.getContext('2d'), {frame, colours, scale, pixel} = this;
    to.setTransform(1, 0, 0, 1, 0, 0);
    to.fillStyle = frame.real ? colours.sea : colours.land;
    to.fillRect(0, 0, this.land.width, this.land.height);
    if (!frame.real) return;
    to.setTransform(scale, 0, 0, scale, 0, 0);
    for (const [path, colour] of [[frame.paths.other, colours.other], [frame.paths.land, colours.land]]) {
      const outline = new Path2D(path);
      to.fillStyle = colour;
      to.fill(outline, 'evenodd');
      to.strokeStyle = colours.province;
      to.lineWidth = 0.5 * pixel / scale;
      to.stroke(outline);
    }
    to.strokeStyle = colours.country;
    to.lineWidth = 1.1 * pixel / scale;
    to.stroke(new Path2D(frame.paths.lines));
    to.setTransform(1, 0, 0, 1, 0, 0);
    to.font = `italic ${12 * pixel}px system-ui, sans-serif`;
    to.fillStyle = colours.country;
    to.textAlign = 'center';
    for (const [name, x, y] of frame.lands) {
      const half = to.measureText(name).width / 2;
      if (x * scale > half && x * scale + half < this.land.width) to.fillText(name, x * scale, y * scale);
    }
  }

  draw(day) {
    if (!this.size) return;
    const to = this.canvas.getContext('2d');
    to.setTransform(1, 0, 0, 1, 0, 0);
    to.drawImage(this.land, 0, 0);
    to.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    const today = Math.floor(day);
    this.drawZones(to, today);
    this.drawFront(to, today);
    this.drawWays(to, day);
    const circles = this.drawPeople(to, day);
    this.drawMarks(to, today);
    to.setTransform(1, 0, 0, 1, 0, 0);
    this.writeNames(to, circles);
  }

  drawZones(to, day) {
    to.lineCap = 'round';
    to.lineJoin = 'round';
    for (const zone of this.run.zones[this.index]) {
      if (day < zone.first || day > zone.last) continue;
      to.strokeStyle = this.colours.zone;
      to.lineWidth = zone.width;
      to.stroke(new Path2D(zone.path));
    }
  }

  drawFront(to, day) {
    const path = this.frontOn(day);
    if (!path) return;
    to.strokeStyle = this.colours.front;
    to.lineWidth = 2 * this.pixel / this.scale;
    to.setLineDash([7 * this.pixel / this.scale, 4 * this.pixel / this.scale]);
    to.stroke(new Path2D(path));
    to.setLineDash([]);
  }

  frontOn(day) {
    let path = '';
    for (const [first, line] of this.frame.front) if (first <= day) path = line;
    return path;
  }

  // Arcs wide at the origin, as wide as many people set out; between two days one day's fade out, the next one's in.
  drawWays(to, day) {
    const today = Math.floor(day), share = day - today;
    const days = share && today + 1 < this.data.n_days ? [[today, 1 - share], [today + 1, share]] : [[today, 1]];
    for (const [one, weight] of days) {
      to.globalAlpha = 0.7 * weight;
      for (const [origin, destination, people] of this.run.ways(this.index, one).ways) {
        const width = this.standard * Math.max(WIDEST * Math.min(people / this.frame.widest, 1), 0.0015);
        this.drawWay(to, origin, destination, width);
      }
    }
    to.globalAlpha = 1;
  }

  drawWay(to, origin, destination, width) {
    const {x, y} = this.frame, dx = x[destination] - x[origin], dy = y[destination] - y[origin];
    const length = Math.hypot(dx, dy) || 1, across = [-dy / length, dx / length];
    const bend = [(x[origin] + x[destination]) / 2 + BEND * dy, (y[origin] + y[destination]) / 2 - BEND * dx];
    const side = (at, factor) => [at[0] + across[0] * factor, at[1] + across[1] * factor];
    const start = [x[origin], y[origin]], end = [x[destination], y[destination]], half = width / 2;
    to.beginPath();
    to.moveTo(...side(start, half));
    to.quadraticCurveTo(...side(bend, half * 0.55), ...side(end, half * THIN_END));
    to.lineTo(...side(end, -half * THIN_END));
    to.quadraticCurveTo(...side(bend, -half * 0.55), ...side(start, -half));
    to.closePath();
    to.fillStyle = this.data.kinds[this.data.places[destination].kind].colour;
    to.fill();
  }

  drawPeople(to, day) {
    const smallest = SMALLEST_PX * this.pixel / this.scale, found = [];
    for (const place of this.frame.inside) {
      const people = this.run.people(place, day), total = people.reduce((sum, [, count]) => sum + count, 0);
      const radius = this.standard * LARGEST * Math.sqrt(total / this.frame.largest);
      if (total >= 1) found.push([place, people, total, Math.max(radius, smallest)]);
    }
    found.sort((a, b) => b[3] - a[3]);
    for (const [place, people, total, radius] of found) this.drawPie(to, place, people, total, radius);
    return found;
  }

  drawPie(to, place, people, total, radius) {
    const x = this.frame.x[place], y = this.frame.y[place];
    let angle = -Math.PI / 2;
    for (const [status, count] of people) {
      if (count <= 0) continue;
      const next = angle + 2 * Math.PI * count / total;
      to.beginPath();
      to.moveTo(x, y);
      to.arc(x, y, radius, angle, next);
      to.fillStyle = this.data.statuses[status].colour;
      to.fill();
      angle = next;
    }
    to.beginPath();
    to.arc(x, y, radius, 0, 2 * Math.PI);
    to.strokeStyle = this.colours.ink;
    to.lineWidth = 0.7 * this.pixel / this.scale;
    to.stroke();
  }

  drawMarks(to, day) {
    for (const [place, changes] of this.data.held) {
      const mark = Onward.onDay(changes, day);
      if (mark && this.frame.inside.includes(place)) this.drawMark(to, place, 'cross', MARKS[mark - 1]);
    }
    for (const [place, changes] of this.run.crossings) {
      if (!this.frame.inside.includes(place)) continue;
      const state = Onward.onDay(changes, day);
      this.drawMark(to, place, ['diamond', 'up', 'down'][state], STATES[state]);
    }
  }

  drawMark(to, place, shape, colour) {
    const size = (shape === 'diamond' ? 3.2 : 5.5) * this.pixel / this.scale;
    to.save();
    to.translate(this.frame.x[place], this.frame.y[place]);
    to.scale(size, size);
    to.beginPath();
    for (const [i, [x, y]] of Onward.SHAPES[shape].entries()) to[i ? 'lineTo' : 'moveTo'](x, y);
    to.closePath();
    to.restore();
    to.fillStyle = colour;
    to.fill();
    to.strokeStyle = colour === '#222222' ? '#FFFFFF' : '#222222';
    to.lineWidth = 0.8 * this.pixel / this.scale;
    to.stroke();
  }

  // Names stay where they are while time runs: the places with most people in the whole time, where nothing is hidden.
  writeNames(to, circles) {
    const {frame, scale, pixel} = this, taken = [], radius = new Map(circles.map(one => [one[0], one[3]]));
    to.font = `${NAME_PX * pixel}px system-ui, sans-serif`;
    to.textAlign = 'left';
    to.textBaseline = 'middle';
    to.lineJoin = 'round';
    to.lineWidth = 2.6 * pixel;
    to.strokeStyle = this.colours.halo;
    to.fillStyle = this.colours.ink;
    for (const place of frame.named) {
      const name = this.data.places[place].short, width = to.measureText(name).width, height = 1.25 * NAME_PX * pixel;
      const x = frame.x[place] * scale, y = frame.y[place] * scale;
      const away = Math.max(4 * pixel, (radius.get(place) || 0) * scale + 3 * pixel);
      const spots = [[x + away, y], [x - away - width, y], [x - width / 2, y - away - height / 2],
        [x - width / 2, y + away + height / 2]];
      const free = spots.find(([left, middle]) => left > 0 && left + width < this.canvas.width &&
        middle > height / 2 && middle < this.canvas.height - height / 2 && !taken.some(box =>
        left < box[2] && left + width > box[0] && middle - height / 2 < box[3] && middle + height / 2 > box[1]));
      if (!free) continue;
      taken.push([free[0], free[1] - height / 2, free[0] + width, free[1] + height / 2]);
      to.strokeText(name, ...free);
      to.fillText(name, ...free);
    }
    to.textBaseline = 'alphabetic';
  }
};

Onward.SHAPES = {
  up: [[0, -1], [0.95, 0.8], [-0.95, 0.8]],
  down: [[0, 1], [0.95, -0.8], [-0.95, -0.8]],
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  cross: [[0, -0.4], [0.6, -1], [1, -0.6], [0.4, 0], [1, 0.6], [0.6, 1], [0, 0.4], [-0.6, 1], [-1, 0.6], [-0.4, 0],
    [-1, -0.6], [-0.6, -1]],
};
