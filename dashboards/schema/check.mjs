// SPDX-License-Identifier: Apache-2.0
// Makes a JSON Schema from the types in @grafana/schema of each release, and holds every dashboard
// against it: the dashboard, each panel, and the options and field settings of its kind.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = process.argv[2] ?? join(here, '..', 'grafana');

// the place of the types differs from release to release
const RELEASES = {
  'grafana-12': {
    index: 'dist/esm/index.d.ts',
    panel: (kind, name) => `dist/esm/raw/composable/${kind}/panelcfg/x/${name}PanelCfg_types.gen.d.ts`,
  },
  'grafana-13': {
    index: 'dist/types/index.d.ts',
    panel: (kind) => `dist/types/raw/composable/${kind}/panelcfg/x/types.gen.d.ts`,
  },
};

const KINDS = {
  bargauge: 'BarGauge',
  gauge: 'Gauge',
  piechart: 'PieChart',
  stat: 'Stat',
  table: 'Table',
  timeseries: 'TimeSeries',
};

// Grafana publishes no types of these
const UNTYPED = ['alertlist'];

function schemas(release) {
  const { index, panel } = RELEASES[release];
  const paths = { '@grafana/schema': [join(here, 'node_modules', release, index)] };
  for (const [kind, name] of Object.entries(KINDS)) {
    paths[`panels/${kind}`] = [join(here, 'node_modules', release, panel(kind, name))];
  }
  const cache = join(here, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const tsconfig = join(cache, `${release}.json`);
  writeFileSync(
    tsconfig,
    JSON.stringify({
      compilerOptions: {
        module: 'esnext', moduleResolution: 'bundler', target: 'es2022', strict: true, paths,
        skipLibCheck: true, noEmit: true,
      },
      files: [join(here, 'types.ts')],
    })
  );
  // inline: two of Grafana's types have the same name
  const generator = createGenerator({ path: join(here, 'types.ts'), tsconfig, expose: 'none', topRef: false });
  return (type) => generator.createSchema(type);
}

function explain(errors) {
  // of the branches of a union the ones that got furthest
  const depth = Math.max(...errors.map((e) => e.instancePath.split('/').length));
  return errors
    .filter((e) => e.instancePath.split('/').length === depth)
    .map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
}

let wrong = 0;
for (const release of Object.keys(RELEASES)) {
  // not strict: the generator writes keywords of TypeScript's own
  const ajv = new Ajv({ allErrors: true, strict: false });
  const schemaOf = schemas(release);
  const compiled = new Map();
  const check = (type, what, where) => {
    const validate = compiled.get(type) ?? ajv.compile(schemaOf(type));
    compiled.set(type, validate);
    if (!validate(what)) {
      wrong++;
      explain(validate.errors).forEach((line) => console.error(`${release}: ${where}: ${type}: ${line}`));
    }
  };
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  let panels = 0;
  for (const file of files) {
    const dashboard = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    check('Dashboard', dashboard, file);
    for (const panel of dashboard.panels) {
      const where = `${file}: ${panel.title}`;
      panels++;
      if (panel.type === 'row') {
        check('RowPanel', panel, where);
        continue;
      }
      check('Panel', panel, where);
      const name = KINDS[panel.type];
      if (name) {
        check(`${name}Options`, panel.options, where);
        const custom = panel.fieldConfig?.defaults?.custom;
        if (custom) {
          check(`${name}Field`, custom, where);
        }
      } else if (!UNTYPED.includes(panel.type)) {
        wrong++;
        console.error(`${release}: ${where}: unknown kind of panel ${panel.type}`);
      }
    }
  }
  if (files.length === 0) {
    throw new Error(`no dashboards in ${folder}`);
  }
  console.log(`${release}: ${files.length} dashboards, ${panels} panels`);
}
if (wrong > 0) {
  console.error(`${wrong} do not fit Grafana's types`);
  process.exit(1);
}
