// Every page of the product, with an example of each kind that the running city has.

import { api, base } from './browser.mjs';

/// Waits until the server has numbers: until then every page says that it rebuilds them.
export async function ready() {
  for (;;) {
    const answer = await fetch(`${base}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/// The first code of a dimension that has open cases.
async function first(dimension) {
  const { rows } = await api(`/api/v1/aggregates?metric=open&group_by=${dimension}`);
  const row = rows.find(([code]) => code !== null);
  return row ? encodeURIComponent(row[0]) : null;
}

/// The scenes of the city's walls, as its pages carry them.
export async function scenes() {
  const page = await (await fetch(`${base}/wall`)).text();
  const [, text] = page.match(/<script type="application\/json" id="scenes"[^>]*>(.*?)<\/script>/s);
  return JSON.parse(text).map(({ name }) => name);
}

/// `{ name, path, isWall }`, a wall being a page that is read from metres away.
export async function pages() {
  const [agency, district, ward, field] = await Promise.all(['agency', 'district', 'ward', 'field'].map(first));
  const { cases } = await api('/api/v1/cases?limit=1');
  const { rows: [[overdue]] } = await api('/api/v1/aggregates?metric=overdue');
  const { cases: late } = await api('/api/v1/cases?timeliness=overdue&limit=1');
  // A place whose counters tell of their queues, where there is one.
  const { counters } = await api('/api/v1/counters');
  const place = counters[0]?.unit.replace('ubnd_', '') ?? ward ?? district;
  const office = [
    ['leader', '/'],
    ['leader-by-district', '/?by=district'],
    ['leader-by-field', '/?by=field'],
    ['leader-by-day', '/?by=day'],
    ['leader-compared', '/?by=field&compare=30d&sort=-resolved'],
    ['agency', agency && `/agency/${agency}`],
    ['district', district && `/district/${district}`],
    ['ward', ward && `/ward/${ward}`],
    ['field', field && `/field/${field}`],
    ['cases', '/cases'],
    ['case', cases[0] && `/case/${encodeURIComponent(cases[0].case)}`],
    ['case-overdue', overdue > 0 && late[0] && `/case/${encodeURIComponent(late[0].case)}`],
    ['receipt', '/receipt?metric=overdue'],
    ['map', '/map'],
    ['map-by-field', '/map/fields'],
    ['directives', '/directives'],
    ['alarms', '/alarms'],
    ['shift', '/shift'],
    ['today', '/print/today'],
    ['desk', agency && `/desk/${agency}`],
    ['desk-city-office', '/desk/city-office'],
    ['centres', '/centre'],
    ['centre', place && `/centre/${place}`],
    ['centre-not-here', place && `/centre/${place}?code=unknown`],
    ['public', '/public'],
    ['public-by-field', '/public?by=field'],
    ['public-by-unit', '/public?by=unit'],
    ['public-map', '/public/map'],
    ['public-case', cases[0] && `/public/case?code=${encodeURIComponent(cases[0].case)}`],
    ['public-case-unknown', '/public/case?code=unknown'],
    ['enrol', '/enrol'],
    ['director', '/director'],
    ['fleet', '/fleet'],
    ['scenes', '/scenes'],
    ['scene-editor', `/scenes/${(await scenes())[0]}`],
    ['styleguide', '/styleguide'],
    ['nowhere', '/nowhere'],
  ];
  const walls = (await scenes()).map((name) => [`wall-${name}`, `/wall/${name}`]);
  if (place) walls.push(['lobby', `/centre/${place}/lobby`]);
  const page = (isWall) => ([name, path]) => ({ name, path, isWall });
  return [...office.map(page(false)), ...walls.map(page(true))].filter(({ path }) => path);
}

/// The address of a page in a language.
export const address = (path, lang) => `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`;
