using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Who has asked to be told of something that is told once: a fault of one must not keep it from the others, nor end the telling.</summary>
internal static partial class Listeners
{
    public static void Tell<T>(T? listeners, Action<T> tell, ILogger logger)
        where T : Delegate
    {
        foreach (var listener in listeners?.GetInvocationList() ?? [])
        {
            try
            {
                tell((T)listener);
            }
            catch (Exception fault)
            {
                LogFault(logger, fault, listener.Target?.GetType().Name ?? listener.Method.Name);
            }
        }
    }

    [LoggerMessage(2115, LogLevel.Critical, "A fault in what {Listener} does about a change of the cluster")]
    private static partial void LogFault(ILogger logger, Exception fault, string listener);
}
