// Every metric there is: its name, kind and sentence. Owns the names people build dashboards and alerts on, so none is ever renamed.
// Must not know where a number comes from. No label is an address, a host or a port: those have no bound.
export interface MetricKind {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

const counter = (help: string): MetricKind => ({ type: 'counter', help });
const gauge = (help: string): MetricKind => ({ type: 'gauge', help });

export const METRICS = {
  kaipo_build_info: gauge('Always 1; its labels say which kaipo this is.'),
  kaipo_interface_receive_bytes_total: counter("Bytes received on an interface, the kernel's own counter."),
  kaipo_interface_transmit_bytes_total: counter("Bytes sent on an interface, the kernel's own counter."),
  kaipo_interface_receive_packets_total: counter("Packets received on an interface, the kernel's own counter."),
  kaipo_interface_transmit_packets_total: counter("Packets sent on an interface, the kernel's own counter."),
  kaipo_interface_up: gauge('1 while the interface is up.'),
  kaipo_interfaces_left_out: gauge('Interfaces that are not told here because there are too many.'),
  kaipo_application_bytes_total: counter(
    'Bytes by application, counted while metrics are scraped; those beyond the first 64 applications are app="other".',
  ),
  kaipo_protocol_bytes_total: counter(
    'Bytes by protocol, counted while metrics are scraped; those beyond the first 64 protocols are protocol="other".',
  ),
  kaipo_zone_bytes_total: counter(
    'Bytes of the 200 busiest hosts of each interval by where the other end is: lan, internet and so on; counted while metrics are scraped.',
  ),
  kaipo_books_bytes_total: counter(
    'What the kernel counted and what became of it, counted while metrics are scraped: kernel = attributed + unknown + not_captured + in flight.',
  ),
  kaipo_books_in_flight_bytes: gauge('What the kernel counted and is not here yet, or the other way (negative).'),
  kaipo_capture_packets_total: counter('Packets the capture received, counted while metrics are scraped.'),
  kaipo_capture_dropped_packets_total: counter(
    'Packets of these that were lost, by where; counted while metrics are scraped.',
  ),
  kaipo_flows_active: gauge('Flows in the flow table.'),
  kaipo_flows_capacity: gauge('Flows the flow table has room for.'),
  kaipo_recorder_up: gauge('1 while a recorder runs.'),
  kaipo_recorder_recording: gauge('1 while the recorder can write what it measures.'),
  kaipo_recorder_waiting_intervals: gauge('Intervals in memory that could not be written yet.'),
  kaipo_recorder_lost_intervals_total: counter(
    'Intervals that did not fit into memory while nothing could be written.',
  ),
  kaipo_store_bytes: gauge('Bytes of the data file of the store.'),
  kaipo_store_last_interval_timestamp_seconds: gauge(
    'End of the latest interval in the store, seconds since the epoch.',
  ),
  kaipo_stream_clients: gauge('Who reads /api/stream.'),
  kaipo_stream_skipped_updates_total: counter('Updates of /api/stream that slow readers did not get.'),
  kaipo_http_requests_total: counter('Requests answered, by route and status.'),
  kaipo_http_request_duration_seconds: { type: 'histogram', help: 'How long requests took, by route.' },
  kaipo_process_resident_memory_bytes: gauge('Memory of kaipo serve.'),
  kaipo_process_cpu_seconds_total: counter('Processor time kaipo serve has taken.'),
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof METRICS;
