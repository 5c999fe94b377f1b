// SPDX-License-Identifier: Apache-2.0
// What the dashboards are held against: Grafana's types, and for each kind of panel its options.
// check.mjs says where these imports lead to in each release.
import type * as grafana from '@grafana/schema';
import type * as bargauge from 'panels/bargauge';
import type * as gauge from 'panels/gauge';
import type * as piechart from 'panels/piechart';
import type * as stat from 'panels/stat';
import type * as table from 'panels/table';
import type * as timeseries from 'panels/timeseries';

/** The query of Grafana's InfluxDB source; Grafana publishes no type of it. */
interface InfluxQuery extends grafana.DataQuery {
  query: string;
  rawQuery: true;
  resultFormat: 'time_series' | 'table';
  alias?: string;
}

/** The query of Grafana's source that hands on what another panel has. */
interface SharedQuery extends grafana.DataQuery {
  panelId: number;
}

interface InfluxAnnotation extends grafana.DataQuery {
  query: string;
  rawQuery: true;
  resultFormat: 'table';
  fromAnnotations: true;
  name: string;
  textColumn: string;
  tagsColumn: string;
  titleColumn: string;
  timeEndColumn: string;
  limit: number;
  matchAny: boolean;
  tags: string[];
  type: string;
}

type Checked<P> = Omit<P, 'targets'> & { targets?: Array<InfluxQuery | SharedQuery> };

export type Dashboard = Omit<grafana.Dashboard, 'panels' | 'annotations'> & {
  panels: unknown[];
  annotations: { list: Array<grafana.AnnotationQuery<InfluxAnnotation>> };
};
export type Panel = Checked<grafana.Panel>;
export type RowPanel = grafana.RowPanel;

// a release may add options that must be there in files that it writes itself: Partial
export type BarGaugeOptions = Partial<bargauge.Options>;
export type GaugeOptions = Partial<gauge.Options>;
export type PieChartOptions = Partial<piechart.Options>;
export type PieChartField = Partial<piechart.FieldConfig>;
export type StatOptions = Partial<stat.Options>;
export type TableOptions = Partial<table.Options>;
export type TableField = Partial<table.FieldConfig>;
export type TimeSeriesOptions = Partial<timeseries.Options>;
export type TimeSeriesField = Partial<timeseries.FieldConfig>;
