using System.Reflection;

namespace OrleansBroker.Silo;

internal static class ProgramVersion
{
    /// <summary>As set for the build; what stands after '+' is the commit.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
