/** What is left of the imports in the compiled code, where types are gone: of activities, workflows use nothing else. */
module.exports = {
  forbidden: [
    {
      name: 'workflows-activity-types-only',
      severity: 'error',
      from: { path: '^dist/workflows/' },
      to: { path: '^dist/activities/' },
    },
  ],
  options: { doNotFollow: { path: 'node_modules' } },
};
