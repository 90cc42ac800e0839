# Planning over many targets: waves, choices of targets, shards, thousands of tenants.
exec python3 -B "$(dirname "$0")/rollout_plan.py"
