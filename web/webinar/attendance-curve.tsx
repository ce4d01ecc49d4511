import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { WebinarDetail } from '../../src/contract/webinars.ts';
import { fetchJson } from '../api/client.ts';
import { axisTicks } from '../charts/axis-ticks.ts';
import { useSize } from '../charts/use-size.ts';
import { formatDay } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { type CurvePoint, curvePath, curveSentence, minuteTicks } from './curve-path.ts';

const HEIGHT = 220;
const MARGIN = { top: 8, right: 30, bottom: 24, left: 44 };

/** People in the room from minute to minute, over another webinar of the series if one is chosen. */
export function AttendanceCurve({ detail, locale }: { detail: WebinarDetail; locale: string }) {
  const title = useId();
  const [other, setOther] = useState('');
  const [asTable, setAsTable] = useState(false);
  const [ref, { width }] = useSize<HTMLDivElement>();
  const compared = useQuery({
    queryKey: ['page', 'webinar', other],
    queryFn: ({ signal }) => fetchJson<WebinarDetail>(`/api/v1/webinars/${encodeURIComponent(other)}`, signal),
    enabled: other !== '',
  }).data;
  const behind = other === '' ? [] : (compared?.curve ?? []);
  const { curve, drop_off: drops } = detail;
  const sentence = curveSentence(curve, drops);

  return (
    <section className="tile attendance-curve" aria-labelledby={title}>
      <header className="tile-header">
        <div className="tile-heading">
          <h2 id={title}>In the room, minute by minute</h2>
          <p className="tile-subtitle">{sentence}</p>
        </div>
        {curve.length > 0 && (
          <div className="curve-controls">
            {detail.others.length > 0 && (
              <label>
                Compare with
                <select className="field" value={other} onChange={(event) => setOther(event.currentTarget.value)}>
                  <option value="">nothing</option>
                  {detail.others.map((one) => (
                    <option key={one.webinar} value={one.webinar}>
                      {formatDay(one.starts_at.slice(0, 10), locale)}, {one.title}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <button type="button" className="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
              {asTable ? 'As a picture' : 'As a table'}
            </button>
          </div>
        )}
      </header>
      <div ref={ref}>
        {curve.length === 0 ? (
          <p className="tile-note">
            {detail.status === 'scheduled' ? 'It has not taken place yet.' : 'No data: nobody was seen in the room.'}
          </p>
        ) : asTable ? (
          <CurveTable curve={curve} />
        ) : (
          width > 0 && <CurvePicture width={width} curve={curve} behind={behind} drops={drops} sentence={sentence} />
        )}
      </div>
      {behind.length > 0 && compared && (
        <p className="tile-note">
          Dashed: {formatDay(compared.starts_at.slice(0, 10), locale)}, {compared.title}, from its own start.
        </p>
      )}
    </section>
  );
}

function CurvePicture(props: {
  width: number;
  curve: readonly CurvePoint[];
  behind: readonly CurvePoint[];
  drops: WebinarDetail['drop_off'];
  sentence: string;
}) {
  const { width, curve, behind, drops, sentence } = props;
  const all = [...curve, ...behind];
  const first = Math.min(...all.map(({ minute }) => minute));
  const last = Math.max(...all.map(({ minute }) => minute));
  const axis = axisTicks(
    all.map(({ people }) => people),
    { zero: true, integers: true },
  );
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (minute: number) => MARGIN.left + ((minute - first) / Math.max(1, last - first)) * inner.width;
  const y = (people: number) => MARGIN.top + (1 - people / axis.max) * inner.height;
  return (
    <svg className="curve" width={width} height={HEIGHT} role="img" aria-label={sentence}>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line className="curve-grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
          <text className="curve-label" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {minuteTicks(first, last, inner.width).map((minute) => (
        <text key={minute} className="curve-label" x={x(minute)} y={HEIGHT - 6} textAnchor="middle">
          {minute === 0 ? 'start' : `${minute > 0 ? '+' : '−'}${Math.abs(minute)} min`}
        </text>
      ))}
      {first < 0 && <line className="curve-start" x1={x(0)} x2={x(0)} y1={MARGIN.top} y2={y(0)} />}
      <path
        className="curve-area"
        d={`${curvePath(curve, x, y)}L${x(curve.at(-1)?.minute ?? 0)},${y(0)}L${x(curve[0]?.minute ?? 0)},${y(0)}Z`}
      />
      {behind.length > 0 && <path className="curve-behind" d={curvePath(behind, x, y)} />}
      <path className="curve-line" d={curvePath(curve, x, y)} />
      {drops.map(({ minute, left }) => {
        const people = curve.find((point) => point.minute === minute)?.people ?? 0;
        return (
          <g key={minute} className="curve-drop">
            <circle cx={x(minute)} cy={y(people)} r={4} />
            <title>{`${left} people left in minute ${minute}`}</title>
          </g>
        );
      })}
    </svg>
  );
}

function CurveTable({ curve }: { curve: readonly CurvePoint[] }) {
  return (
    <TableFrame label="People in the room by minute" className="curve-table">
      <PlainTable
        headings={['Minute', { number: 'In the room' }, { number: 'Came first' }, { number: 'Left for good' }]}
      >
        {curve.map(({ minute, people, joined, left }) => (
          <tr key={minute}>
            <th scope="row">{minute}</th>
            <td className="number">{people}</td>
            <td className="number">{joined}</td>
            <td className="number">{left}</td>
          </tr>
        ))}
      </PlainTable>
    </TableFrame>
  );
}
