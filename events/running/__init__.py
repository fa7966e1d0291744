"""The day itself: now and next, a stage that runs late, an act that cannot come, and sheets for print."""
