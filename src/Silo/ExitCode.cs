namespace OrleansBroker.Silo;

/// <summary>Exit codes of the program; <c>--help</c> lists them.</summary>
internal static class ExitCode
{
    /// <summary>Stopped by SIGTERM or SIGINT, or the command did its work.</summary>
    public const int Done = 0;

    /// <summary>Could not start or go on: a port in use, a store out of reach.</summary>
    public const int Failed = 1;

    /// <summary>A bad option, a bad command line, or a bad file that an option names. Starting again without a change is of no use.</summary>
    public const int BadOptions = 2;
}
