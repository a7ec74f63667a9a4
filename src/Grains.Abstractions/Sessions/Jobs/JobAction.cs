namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>What a job does with each session that it finds.</summary>
public enum JobAction
{
    Disconnect,
    End,
}
