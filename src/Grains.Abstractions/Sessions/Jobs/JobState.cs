namespace OrleansBroker.Grains.Sessions.Jobs;

public enum JobState
{
    Running,

    /// <summary>All sessions that met the criteria have had their turn.</summary>
    Done,

    /// <summary>By an administrator, or as the node stops.</summary>
    Cancelled,

    /// <summary>The sessions could not be listed to the end.</summary>
    Failed,
}
