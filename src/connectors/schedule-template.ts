/** Lines on schedule and expectation for the text that a source which is read begins with. */
export const SCHEDULE_TEMPLATE = `# When it is read: cron in the workspace's time zone, or manual. This is every morning at six.
schedule: "0 6 * * *"
# What it owes: complete by this time every day. After that it is shown as late.
expect: { by: "07:00" }
`;
