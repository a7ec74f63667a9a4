namespace OrleansBroker.Cluster.Results;

/// <summary>Timestamps of the fault's beginning and end, and of the load's end.</summary>
internal readonly record struct FaultTimes(long Began, long Ended, long Stopped);
